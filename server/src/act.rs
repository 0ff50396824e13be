//! What a person or machine may do. One function an act: allowed? change, event. Permission is decided here, once.
