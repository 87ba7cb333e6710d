"""What the privacy officer needs: who is affected by a breach, and the documents that the law asks for."""
