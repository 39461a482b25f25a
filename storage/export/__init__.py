"""Export: a dossier as a BagIt bag around an archival package (METS, PREMIS, EAD), a record as XML and PDF.

`package` is the act, `check` reads a bag back; the other modules write one kind of file each. Layout: docs/export.md.
"""
