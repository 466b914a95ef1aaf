"""Every format that is read, written by one function each, in whatever style a computer may write it."""
