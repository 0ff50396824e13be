//! Tasks: what one organisation will do, with its own priority, on its own board.

words! {
    /// How pressing a task is, inside its organisation.
    Priority {
        /// Now.
        Urgent = "urgent",
        /// Next.
        High = "high",
        /// In its turn.
        Normal = "normal",
        /// When there is time.
        Low = "low",
    }
}

words! {
    /// What an organisation has promised about a task.
    Commitment {
        /// Nothing.
        None = "none",
        /// It means to.
        Intended = "intended",
        /// It will.
        Committed = "committed",
        /// It did.
        Delivered = "delivered",
        /// It took the promise back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What a task does about a delta.
    Relation {
        /// Closes the gap.
        Resolves = "resolves",
        /// Makes it hurt less.
        Mitigates = "mitigates",
        /// Finds out.
        Investigates = "investigates",
        /// Builds what a spec describes.
        Implements = "implements",
        /// Writes it down.
        Documents = "documents",
        /// Shows that it is closed.
        Verifies = "verifies",
    }
}
