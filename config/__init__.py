"""What an operator may set, and the law as data. The only room that reads the environment."""
