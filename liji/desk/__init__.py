"""The designer's desk: plans as files, checked, tested, run and compared without a server or a database."""
