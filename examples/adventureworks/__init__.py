"""AdventureWorks, a real sample company: its people, order lines and targets read by the mappings in this folder."""
