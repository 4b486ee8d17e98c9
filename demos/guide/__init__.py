"""The site: pages to read, whose snippets run and whose pictures are what the snippets save."""
