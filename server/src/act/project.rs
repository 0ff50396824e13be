//! Projects, with their components, releases and maintainers.
