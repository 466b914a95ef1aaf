"""The pages for people and the interface for programs: server-rendered, offline, live by server-sent events."""
