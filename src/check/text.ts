/** A report as text. */
