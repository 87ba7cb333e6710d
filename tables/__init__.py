"""Tables that people hand over, as lines below a header: text with separators, or a spreadsheet."""
