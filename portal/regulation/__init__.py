"""The regulation by article, the rules that answer it, and the table of which article is answered by what."""
