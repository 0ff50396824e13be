//! Signatures that recognise a delta's failures.
