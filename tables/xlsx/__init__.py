"""Read the cells of an .xlsx file as people see them; fonts, fills and the rest of its looks are not looked at."""
