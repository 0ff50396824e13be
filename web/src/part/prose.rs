//! What people wrote in Markdown.

use leptos::prelude::*;

/// HTML made from Markdown. `html` goes to the page as it is: it must come from the server's sanitiser, never from a request.
pub fn prose(html: &str) -> AnyView {
    view! { <div class="prose" inner_html=html.to_owned()></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_keeps_the_html_it_is_given() {
        assert_eq!(crate::testing::html(|| prose("<p>a</p>")), r#"<div class="prose"><p>a</p></div>"#);
    }
}
