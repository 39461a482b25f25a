"""How the line recogniser is drawn, trained, exported and measured; nothing of the product imports it."""
