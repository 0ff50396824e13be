//! Sessions: signing in and out, listing and ending them.
