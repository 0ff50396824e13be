//! Lists of deltas for other programs: as Atom, CSV and JSON. Pure: lines in, text out.

mod atom;
mod csv;

pub use self::{
    atom::atom,
    csv::{HEAD, line},
};
