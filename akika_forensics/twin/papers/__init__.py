"""Documents on paper: the PDF of a sales form, and sending it."""
