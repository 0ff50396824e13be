//! What people wrote in Markdown.

use leptos::prelude::*;

/// HTML made from Markdown. `html` goes to the page as it is: it must come from the server's sanitiser, never from a request.
pub fn prose(html: &str) -> AnyView {
    view! { <div class="prose" inner_html=html.to_owned()></div> }.into_any()
}

/// A word as it stands at the beginning of a line.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_a_capital() {
        assert_eq!((capital("agreed"), capital("é"), capital("")), ("Agreed".to_owned(), "É".to_owned(), String::new()));
    }

    #[test]
    fn prose_keeps_the_html_it_is_given() {
        assert_eq!(crate::testing::html(|| prose("<p>a</p>")), r#"<div class="prose"><p>a</p></div>"#);
    }
}
