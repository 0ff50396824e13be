//! Inputs read, in the shapes that tools write.

mod junit;
