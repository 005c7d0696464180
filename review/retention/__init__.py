"""How long a record is kept, what holds it back, and how it ends. Pure: days and coded values."""
