"""Sky maps in the browser, straight from FITS files."""

__version__ = "4.0.0"
