"""The report of a verification run: one model, rendered for the terminal, as HTML, Markdown, JUnit, SARIF and more."""
