"""From a dropped file to documents: open safely, straighten, clean for reading, read, group, understand, bind."""
