"""The exchange itself: markets, prices, books, an account. It knows no dialect and no HTTP."""
