//! Organisations.

words! {
    /// What outsiders see of an organisation's work.
    Openness {
        /// Everything, boards included.
        Open = "open",
        /// Stances, commitments and their targets.
        Commitments = "commitments",
        /// Nothing.
        Closed = "closed",
    }
}
