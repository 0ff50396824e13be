//! Runs of CI: results in, receipts out.
