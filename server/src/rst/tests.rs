use super::{Rendered, render};

fn html(text: &str) -> String {
    let Rendered { html, unread } = render(text);
    assert!(unread.is_empty(), "{unread:?}");
    html
}

#[test]
fn sections_have_the_levels_of_their_order() {
    let html = html("=====\nTitle\n=====\n\nPart\n====\n\nSmaller\n-------\n\nOther\n=====\n");
    for heading in
        ["<h1 id=\"title\">Title</h1>", "<h2 id=\"part\">Part</h2>", "<h3 id=\"smaller\">Smaller</h3>", "<h2 id=\"other\">Other</h2>"]
    {
        assert!(html.contains(heading), "{heading}: {html}");
    }
}

#[test]
fn running_text_has_inline_markup() {
    let html = html("*weak* **strong** ``a < *b*`` :sup:`2` `title`, a\\*b* 2 * 3 * 4 and snake_case_name.");
    for part in [
        "<em>weak</em>",
        "<strong>strong</strong>",
        "<code>a &lt; *b*</code>",
        "<sup>2</sup>",
        "<cite>title</cite>",
        "a*b* 2 * 3 * 4",
        "snake_case_name.",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn references_lead_where_their_targets_say() {
    let html = html(
        "See Nova_, `the docs`_, `a page <https://a.org/x_y>`_, here__, Part_ and [1]_ or [#]_.\n\n.. _Nova: https://nova.org\n.. _the docs:\n   https://docs.org/\n   long\n.. __: https://here.org\n\
         .. [1] First.\n.. [#] Second.\n\nPart\n----\n\nMail a@b.org, https://c.org/(x). D-12 @mara nothing_ \n",
    );
    for part in [
        "<a href=\"https://nova.org\">Nova</a>",
        "<a href=\"https://docs.org/long\">the docs</a>",
        "<a href=\"https://a.org/x_y\">a page</a>",
        "<a href=\"https://here.org\">here</a>",
        "<a href=\"#part\">Part</a>",
        "<a href=\"#note-1\">[1]</a>",
        "<a href=\"#note-2\">[2]</a>",
        "<div class=\"footnote\" id=\"note-2\"><p>[2] Second.</p>",
        "<a href=\"https://c.org/(x)\">",
        "<a href=\"/deltas/D-12\">D-12</a>",
        "nothing_",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn lists_of_every_sort() {
    let html = html(
        "* one\n  goes on\n\n  * inner\n* two\n\n3. three\n4. four\n\ntext\n\n#. auto\n#. auto\n\na) letter\n\nA. Lovelace was\nno item.\n\n:Date: today\n:Long name: of\n  two lines\n\nterm\n  What it means.\n\n-v, --verbose  Says more.\n--file=F       A file.\n\n\
         | a line\n|   indented\n",
    );
    for part in [
        "<li>one\ngoes on<ul>",
        "<ol start=\"3\"><li>three",
        "<ol><li>auto",
        "<ol type=\"a\"><li>letter",
        "<p>A. Lovelace was\nno item.</p>",
        "<dt>Date</dt>",
        "of\ntwo lines",
        "<dt>term</dt>\n<dd>What it means.</dd>",
        "<dt><code>-v, --verbose</code></dt>",
        "a line<br>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn literal_text_stays_as_it_is() {
    let html = html(
        "Like this::\n\n    def f():\n        *not* <b>\n\nand::\n\n> quoted\n> lines\n\n::\n\n  alone\n\n.. code-block:: python\n   :caption: Words\n\n   x = 1\n\n>>> 1 + 1\n2\n",
    );
    for part in [
        "<p>Like this:</p>\n<pre><code>def f():\n    *not* &lt;b&gt;\n</code></pre>",
        "<pre><code>&gt; quoted\n&gt; lines\n",
        "<pre><code>alone\n",
        "<p><em>Words</em></p>\n<pre><code class=\"language-python\">x = 1\n",
        "&gt;&gt;&gt; 1 + 1\n2",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn tables_of_every_sort() {
    let html = html(
        "=====  =====\nA      B\n=====  =====\none    *two*\n       more\nthree  four\n=====  =====\n\n+---+-------+\n| a | b     |\n+===+=======+\n| c | - x   |\n|   | - y   |\n+---+---+---+\n| d     | e |\n+-------+---+\n\n\
         .. list-table:: Named\n   :header-rows: 1\n\n   * - H\n     - I\n   * - j\n     - k\n\n.. csv-table:: Values\n   :header: p, q\n\n   \"a, b\", 2\n",
    );
    for part in [
        "<th>A</th>",
        "<td>three</td>",
        "<em>two</em>\nmore",
        "<td colspan=\"2\"><ul><li>x</li>",
        "<caption>Named</caption>",
        "<th>I</th>",
        "<td>k</td>",
        "<caption>Values</caption>",
        "<th>p</th>",
        "<td>a, b</td>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn a_grid_that_is_not_whole_is_shown_as_it_is() {
    let text = "+---+---+\n| a | b\n+---+---+\n| c | d |\n+---+---+\n";
    let Rendered { html, unread } = render(text);
    assert!(html.contains("| c | d |") && unread == ["grid table"], "{html}");
    let html = self::html("+---+---+\n| a     |\n+---+---+\n| b | c |\n+---+---+\n");
    assert!(html.contains("<td colspan=\"2\">a</td>"), "{html}");
}

#[test]
fn what_is_not_understood_is_shown_with_its_name_and_never_as_html() {
    let text = ".. raw:: html\n\n   <script>alert(1)</script>\n\n.. graphviz::\n   :alt: x\n\n   digraph { a -> b }\n\n:weird:`text` and <b>bold</b> `x <javascript:alert(1)>`_";
    let Rendered { html, unread } = render(text);
    assert_eq!(unread, ["raw", "graphviz", "role weird"]);
    assert!(
        html.contains("Shown as it was written: graphviz") && html.contains("digraph { a -&gt; b }") && html.contains(":weird:`text`"),
        "{html}"
    );
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
}

#[test]
fn asides_pictures_and_substitutions() {
    let html = html(
        ".. note:: Mind\n   the gap.\n\n.. versionadded:: 2.0 Since then.\n\n.. image:: https://a.org/p.png\n   :alt: A plan\n\n.. |v| replace:: version *two*\n.. |c| unicode:: U+00A9\n\n|v| |c| |none|\n\n.. Only a comment\n   of two lines.\n\n..\n\n   A quote.\n",
    );
    for part in [
        "<div class=\"aside note\"><p class=\"aside-title\">Note</p>\n<p>Mind\nthe gap.</p>",
        "New in version 2.0",
        "<a href=\"https://a.org/p.png\">A plan</a>",
        "version <em>two</em> © |none|",
        "<blockquote><p>A quote.</p>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("comment"), "{html}");
}

#[test]
fn hostile_texts_take_no_long_time() {
    let many = |part: &str, times: usize| part.repeat(times);
    let nested: String = (0..400).map(|i| format!("{}* x\n\n", " ".repeat(2 * i))).collect();
    let wide = format!("+{}\n{}", many("-+", 300), many(&format!("{}\n+{}\n", many("|x", 300) + "|", many("-+", 300)), 200));
    let substitutes = (1..30).map(|i| format!(".. |s{i}| replace:: |s{}| |s{}|\n", i - 1, i - 1)).collect::<String>() + "\n|s29|\n";
    let texts = [
        many("*a ", 300_000),
        many("`a ", 300_000),
        many("``a ", 200_000),
        many("**a", 300_000),
        many("|a", 300_000),
        many("[a", 300_000),
        many("[a]_ ", 100_000),
        many("a_", 300_000),
        many("_", 900_000),
        many(":a:", 300_000),
        many("\\", 900_000),
        many("- ", 400_000),
        many("1. ", 300_000),
        many("> ", 400_000),
        many("a\n b\n", 150_000),
        many("=== ===\n", 100_000),
        many("=\n", 400_000),
        many("a\n=\n", 200_000),
        many(".. ", 300_000),
        many(".. a::\n", 150_000),
        many(":a: b\n", 150_000),
        many("(((((", 200_000),
        format!("http://{}", many(")", 900_000)),
        nested,
        wide,
        substitutes,
    ];
    for text in texts {
        let started = std::time::Instant::now();
        render(&text);
        let took = started.elapsed();
        assert!(took.as_secs() < 6, "{took:?}: {}", &text[..text.len().min(60)]);
    }
}

mod any {
    use proptest::prelude::*;

    use crate::rst::render;

    /// Texts made of what means something in reStructuredText.
    fn text() -> impl Strategy<Value = String> {
        let parts = prop_oneof![
            Just("\n".to_owned()),
            Just("\n\n".to_owned()),
            Just("  ".to_owned()),
            Just("    ".to_owned()),
            Just("é".to_owned()),
            "[a-z]{1,4}",
            prop::sample::select(vec![
                "*",
                "**",
                "`",
                "``",
                "_",
                "__",
                "|",
                "[1]_",
                "[#]_",
                ":",
                "::",
                ".. ",
                "..",
                ".. _a: b",
                ".. |a| replace:: ",
                ".. note::",
                ".. list-table::",
                ".. csv-table:: ",
                ".. [#] ",
                ".. image:: x",
                ".. code::",
                "* ",
                "- ",
                "1. ",
                "(a) ",
                "#. ",
                "| ",
                ":f: ",
                "--o  ",
                "====",
                "----",
                "=== ===",
                "+---+",
                "+---+---+",
                "|   |",
                "+===+",
                ">>> ",
                "\\",
                "<",
                ">",
                "\t",
                ":ref:`",
                "\u{a0}",
                "https://",
                "D-1",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(parts, 0..60).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn rendering_never_panics_and_leaves_no_markup_open(text in text()) {
            let html = render(&text).html;
            prop_assert_eq!(html.matches("<a ").count(), html.matches("</a>").count());
            prop_assert!(!html.contains("<script"));
        }

        #[test]
        fn no_letters_are_made_of_none(text in "\\PC{0,200}") {
            render(&text);
        }
    }
}
