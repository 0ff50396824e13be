//! Small samples in the shapes of each language, and hostile ones.

mod hostile;
mod languages;
mod same;
