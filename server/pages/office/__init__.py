"""The pages of the office: lists, photographs, courses, terms, rooms, staff, consents and downloads."""
