"""The vocabulary of the house: values, codes, errors and Vietnamese text. Imports the standard library only."""
