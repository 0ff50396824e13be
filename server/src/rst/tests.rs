use super::Rendered;
use crate::markdown::Known;

/// Where there is one organisation, whose tasks are called NW.
fn render(text: &str) -> Rendered {
    super::render(text, &Known::new(["NW".to_owned()]))
}

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
         .. [1] First.\n.. [#] Second.\n\nPart\n----\n\nMail a@b.org, https://c.org/(x). D-12 @mara NW-7 UTF-8 nothing_ \n",
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
        "<a href=\"/tasks/NW-7\">NW-7</a> UTF-8",
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
fn a_name_used_again_and_again_is_words_when_the_room_is_spent() {
    let url = format!("https://a.org/{}", "x".repeat(1_000));
    for (names, used) in [
        (format!(".. _a: {url}\n"), "a_ "),
        (format!(".. _a: {url}\n"), "`a`_ "),
        (format!(".. _a: {url}\n"), "`x <a_>`_ "),
        (format!(".. _a: {url}\n"), ":ref:`a` "),
        (format!(".. _a: b_\n.. _b: {url}\n"), "a_ "),
        (format!(".. |a| image:: {url}\n"), "|a| "),
        (format!(".. |a| image:: b\n   :alt: {url}\n"), "|a| "),
        (format!(".. |a| replace:: {url}\n"), "|a| "),
        (format!(".. |a| replace:: b\n.. _a: {url}\n"), "|a|_ "),
    ] {
        let html = html(&format!("{names}\n{}", used.repeat(1_000)));
        assert!(html.len() < 300_000 && html.matches("https://a.org/").count() >= 30, "{names:.20} {used}: {}", html.len());
    }
    let plain = html(&format!(".. _a: {url}\n\n{}", "a_ ".repeat(1_000)));
    assert!(plain.trim_end().ends_with("a_ a_ a_</p>"), "{}", &plain[plain.len() - 60..]);
}

#[test]
fn an_address_too_long_for_a_link_is_none() {
    let url = format!("https://a.org/{}", "x".repeat(2_000));
    let html = html(&format!(
        ".. _a: {url}\n.. __: {url}\n.. __: https://b.org\n.. |p| image:: {url}\n   :alt: plan\n\n\
         a_ first__ second__ `c <{url}>`_ |p| {url}\n\n.. image:: {url}\n"
    ));
    assert_eq!(html.matches("<a ").count(), 1, "{html}");
    assert!(html.contains("<p>a_ first__ <a href=\"https://b.org\">second</a> c plan https://a.org/x"), "{html}");
}

#[test]
fn more_footnotes_than_there_are_signs_have_numbers() {
    let html = html(&format!("{}\n\n{}", "[*]_ ".repeat(9), ".. [*] x\n".repeat(9)));
    for label in ["[*]", "[†]", "[#]", "[*7]", "[*9]"] {
        assert_eq!(html.matches(label).count(), 2, "{label}: {html}");
    }
}

#[test]
fn a_table_of_many_more_cells_than_letters_is_shown_as_it_is() {
    let border = "= ".repeat(100);
    let Rendered { html, unread } = render(&format!("{border}\n{}{border}\n\n=== ===\na   b\n=== ===\n", "a\n".repeat(20_000)));
    assert_eq!(unread, ["simple table"]);
    assert!(html.len() < 100_000 && html.contains("<td>b</td>"), "{}", html.len());
}

#[test]
fn a_number_larger_than_any_table_is_all_of_its_rows() {
    let most = u64::MAX;
    let html = html(&format!(
        ".. csv-table::\n   :header: a\n   :header-rows: {most}\n   :stub-columns: {most}\n\n   b\n\n\
         .. list-table::\n   :header-rows: {most}\n\n   * - c\n"
    ));
    for part in ["<th>a</th>", "<th>b</th>", "<th>c</th>"] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn hostile_texts_take_no_long_time() {
    let many = |part: &str, times: usize| part.repeat(times);
    let long = many("x", 130_000);
    let url = format!("https://{}", many("x", 1_900));
    let word = many("b", 200);
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
        // What stands in the text once, and is used again and again.
        format!(".. _a: https://{long}\n\n{}", many("a_ ", 44_000)),
        format!(".. _a: {url}\n\n{}", many("a_ ", 44_000)),
        format!(".. _a: {url}\n\n{}", many("`a`_ ", 30_000)),
        format!(".. _a: {url}\n\n{}", many(":ref:`a` ", 20_000)),
        format!(".. _a: {long}_\n\n{}", many("a_ ", 44_000)),
        format!(".. _a: {word}_\n.. _{word}:\n\n{}", many("a_ ", 44_000)),
        format!("{}\n{}", many(&format!("__ {url}\n\n"), 60), many("a__ ", 30_000)),
        format!(".. |a| image:: {long}\n\n{}", many("|a| ", 33_000)),
        format!(".. |a| image:: b\n   :alt: {long}\n\n{}", many("|a| ", 33_000)),
        format!(".. |a| replace:: {long}\n\n{}", many("|a| ", 33_000)),
        format!("{}\n{}", many(".. [*] x\n", 20_000), many("[*]_ ", 20_000)),
        format!(".. highlight:: {long}\n\n{}", many("::\n\n x\n\n", 16_000)),
        // What is looked for again and again.
        many("*a b", 200_000),
        many("**a** b ", 60_000),
        many("**a* ", 150_000),
        many("a_.", 50_000),
        many("a__.", 30_000),
        many(":a:`x ", 150_000),
        many("_`x ", 200_000),
        many(":a:`x`y ", 100_000),
        many("=== ===\nx\n\n", 80_000),
        many("* === ===\n  x\n\n", 50_000),
        // Few letters that are many cells.
        format!("{0}\n{1}{0}\n", many("= ", 100), many("a\n", 130_000)),
        many(&format!("{0}\n{1}{0}\n\n", many("= ", 100), many("a\n", 200)), 300),
        format!("+-+\n{}", many("| |\n+-+\n", 60_000)),
        format!("+{0}\n|{1}\n+{0}\n", many("-+", 60_000), many(" |", 60_000)),
    ];
    for text in texts {
        let started = std::time::Instant::now();
        let html = render(&text).html;
        let (took, head) = (started.elapsed(), &text[..text.len().min(60)]);
        assert!(took.as_secs() < 6, "{took:?}: {head}");
        assert!(html.len() < 32 * text.len().max(64 * 1024), "{} bytes: {head}", html.len());
    }
}

#[test]
fn hostile_texts_take_no_long_time_as_documents() {
    let url = format!("https://{}", "x".repeat(1_900));
    for text in [
        "a\n=\n".repeat(10_000),
        format!(".. _a: {url}\n\n{}", "a_ ".repeat(20_000)),
        format!("{}\n{}", ".. [*] x\n".repeat(5_000), "[*]_ ".repeat(5_000)),
        "=== ===\nx\n\n".repeat(10_000),
    ] {
        let started = std::time::Instant::now();
        let document = crate::prose::render(&text, schema::delta::Format::Rst, "body", &crate::markdown::Known::default());
        let (took, head) = (started.elapsed(), &text[..60]);
        assert!(took.as_secs() < 12, "{took:?}: {head}");
        assert!(document.html.len() < 64 * text.len().max(64 * 1024), "{} bytes: {head}", document.html.len());
    }
}

mod any {
    use proptest::prelude::*;

    use super::render;

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
