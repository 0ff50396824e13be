//! Lists for other programs: deltas as Atom, deltas and tasks as CSV. Pure: lines in, text out.

mod atom;
pub mod csv;
pub mod numbers;

pub use self::atom::atom;
