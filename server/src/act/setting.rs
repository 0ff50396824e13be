//! The instance's settings and its invitations.
