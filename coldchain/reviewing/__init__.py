"""What a person does with an excursion: acknowledge it."""
