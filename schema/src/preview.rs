//! The page that shows a form's texts before they are kept.

/// What it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewPage {
    /// Where the form goes.
    pub to: String,
    /// The words of its button.
    pub words: String,
    /// What was filled in: name and text of each field, in order.
    pub fields: Vec<(String, String)>,
    /// Of those that are Markdown, in order, the safe HTML.
    pub html: Vec<String>,
}
