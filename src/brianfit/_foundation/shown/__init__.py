"""How values are shown to people: as calls, tables, lines, HTML, figures."""
