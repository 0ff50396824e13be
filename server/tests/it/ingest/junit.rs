//! JUnit files, one sample for each dialect's peculiarity.

use schema::ci::{CUT_MARK, DETAILS_BYTES, Outcome, TestResult};
use server::ingest::{
    Limits, ReadError,
    junit::{read, report},
};
use std::time::{Duration, Instant};

fn tests(xml: &str) -> Vec<TestResult> {
    read(xml.as_bytes(), &Limits::default()).expect("a readable report")
}

fn refused(xml: impl AsRef<[u8]>) -> ReadError {
    read(xml.as_ref(), &Limits::default()).expect_err("this must be refused")
}

/// How many passed, failed, errored, were skipped, and were flaky.
fn counts(tests: &[TestResult]) -> [usize; 5] {
    let of = |outcome| tests.iter().filter(|test| test.outcome == outcome).count();
    let flaky = tests.iter().filter(|test| test.flaky).count();
    [of(Outcome::Passed), of(Outcome::Failed), of(Outcome::Errored), of(Outcome::Skipped), flaky]
}

const PYTEST: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1"
 failures="1" skipped="1" tests="4" time="0.103" timestamp="2026-01-02T03:04:05+00:00" hostname="vm"><properties><property name="commit"
 value="0123" /></properties><testcase classname="tests.test_cart" name="test_adds[1-2]" time="0.001" /><testcase
 classname="tests.test_cart" name="test_total" time="0.5" file="tests/test_cart.py"><failure message="AssertionError: lost&#10;assert 6 == 7"
>def test_total():
&gt;       assert total() == 7

tests/test_cart.py:12: AssertionError</failure></testcase><testcase classname="tests.test_cart" name="test_pool"><error
 message="failed on setup">no pool</error></testcase><testcase classname="tests.test_cart" name="test_net"><skipped type="pytest.skip"
 message="no net">tests/test_cart.py:3: no net</skipped></testcase></testsuite></testsuites>"#;

#[test]
fn pytest_tells_passed_failed_errored_and_skipped_apart() {
    let tests = tests(PYTEST);
    assert_eq!(counts(&tests), [1, 1, 1, 1, 0]);
    assert_eq!(tests[0].test, "tests.test_cart.test_adds[1-2]");
    assert_eq!(tests[1].message.as_deref(), Some("AssertionError: lost\nassert 6 == 7"));
    assert!(tests[1].details.as_ref().is_some_and(|details| details.contains(">       assert total() == 7")));
    assert_eq!((tests[1].duration_ms, tests[1].file.as_deref()), (Some(500), Some("tests/test_cart.py")));
    assert_eq!(tests[3].message.as_deref(), Some("no net"));
}

#[test]
fn surefire_marks_what_passed_on_a_second_try() {
    let tests = tests(
        r#"<testsuite name="CartTest" tests="2"><testcase name="flaky" classname="CartTest" time="0.031"><flakyFailure message="once"
        type="java.lang.AssertionError"><stackTrace><![CDATA[java.lang.AssertionError: once
	at CartTest.flaky(CartTest.java:3)]]></stackTrace><system-out>noise</system-out></flakyFailure></testcase>
        <testcase name="never" classname="CartTest"><failure message="always">again</failure><rerunFailure message="always"><stackTrace>x</stackTrace>
        </rerunFailure></testcase></testsuite>"#,
    );
    assert_eq!(counts(&tests), [1, 1, 0, 0, 1]);
    let details = tests[0].details.as_deref().unwrap_or_default();
    assert!(details.contains("at CartTest.flaky") && !details.contains("noise"));
    assert_eq!((tests[1].details.as_deref(), tests[1].flaky), (Some("again"), false));
}

#[test]
fn nested_suites_name_a_case_without_a_class() {
    let tests = tests(
        r#"<testsuites><testsuite name="cart"><testsuite name="adding"><testcase name="adds"/></testsuite><testcase name="opens"/></testsuite>
        <testcase name="alone"/></testsuites>"#,
    );
    let ids: Vec<_> = tests.iter().map(|test| test.test.as_str()).collect();
    assert_eq!(ids, ["cart > adding > adds", "cart > opens", "alone"]);
}

#[test]
fn several_failures_of_one_case_are_one_result_that_keeps_them_all() {
    let tests = tests(
        r#"<testsuite name="Math"><testcase name="Fails" classname="Math"><failure message="first">a.cc:4</failure><failure message="second"/>
        </testcase><testcase name="Both" classname="Math"><failure message="low">f</failure><error message="high">e</error></testcase></testsuite>"#,
    );
    assert_eq!(counts(&tests), [0, 1, 1, 0, 0]);
    assert_eq!((tests[0].message.as_deref(), tests[0].details.as_deref()), (Some("first"), Some("a.cc:4\n\nsecond")));
    assert_eq!((tests[1].message.as_deref(), tests[1].details.as_deref()), (Some("high"), Some("e\n\nf")));
}

#[test]
fn a_failure_without_words_is_explained_by_its_output() {
    let tests = tests(
        r#"<testsuite name="(empty)"><testcase name="t" classname="t" status="fail"><failure message=""/><system-out>assertion failed
</system-out></testcase><testcase name="u"><failure type="Timeout"/></testcase></testsuite>"#,
    );
    assert_eq!((tests[0].message.as_deref(), tests[0].details.as_deref()), (None, Some("assertion failed")));
    assert_eq!(tests[1].message.as_deref(), Some("Timeout"));
}

#[test]
fn an_error_of_a_suite_is_told_apart_from_its_cases() {
    let xml = br#"<testsuite name="cart_t"><error message="returned 255"/><testcase name="opens"/></testsuite>"#;
    let report = report(xml, &Limits::default()).expect("a readable report");
    assert_eq!(counts(&report.tests), [1, 0, 0, 0, 0]);
    assert_eq!((report.suite_errors[0].test.as_str(), report.suite_errors[0].outcome), ("cart_t", Outcome::Errored));
}

#[test]
fn an_empty_report_is_a_run_without_tests() {
    assert!(tests("<testsuites/>").is_empty());
    assert!(tests(r#"<j:testsuites xmlns:j="x"><j:testsuite name="none"/></j:testsuites>"#).is_empty());
}

#[test]
fn marks_encodings_and_document_types_are_no_obstacle() {
    let plain = r#"<testsuite name="café"><testcase name="ü"/></testsuite>"#;
    let latin: Vec<u8> =
        format!("<?xml version='1.0' encoding='ISO-8859-1'?>{plain}").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> = format!("\u{feff}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{feff}{plain}").into_bytes();
    let typed = format!("<!DOCTYPE testsuite SYSTEM \"file:///etc/passwd\">{plain}").into_bytes();
    for bytes in [latin, wide, marked, typed] {
        assert_eq!(read(&bytes, &Limits::default()).expect("readable")[0].test, "café > ü");
    }
}

#[test]
fn a_file_that_is_broken_off_is_refused_with_its_place() {
    for end in (1..PYTEST.len()).step_by(7) {
        refused(&PYTEST[..end]);
    }
    let error = refused("<testsuite name='a'>\n <testcase name='t'>\n  <failure>half");
    assert_eq!((error.line, error.what.as_str()), (3, "the file is broken off inside <failure>, which begins on line 3"));
}

#[test]
fn another_kind_of_file_is_refused_by_name() {
    let cases: [(&str, &str); 6] = [
        ("", "empty"),
        ("{\"tests\": []}", "not XML"),
        ("<TestRun id='1'/>", "TRX"),
        ("<project/>", "the root is <project>"),
        ("<!-- nothing -->", "no element"),
        ("<testsuite/><testsuite/>", "second root"),
    ];
    for (text, why) in cases {
        let error = refused(text);
        assert!(error.what.contains(why), "{error}");
    }
    assert!(refused(b"<testsuite name='caf\xe9'/>").what.contains("0xE9"));
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let laughs = r#"<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><testsuite name="&b;"/>"#;
    assert!(refused(laughs).what.contains("unknown entity &b;"));
    let outside = r#"<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="t"><failure>&x;</failure></testcase></testsuite>"#;
    assert!(refused(outside).what.contains("unknown entity &x;"));
    let known = tests(r#"<testsuite><testcase name="&lt;&#x41;&amp;&gt;"/></testsuite>"#);
    assert_eq!(known[0].test, "<A&>");
}

#[test]
fn hostile_sizes_are_answered_in_bounded_time() {
    let start = Instant::now();
    assert!(refused("<testsuite>".repeat(100_000)).what.contains("deeper than 32"));
    let attributes: String = (0..100_000).map(|n| format!(" a{n}='1'")).collect();
    assert!(refused(format!("<testsuite{attributes}/>")).what.contains("more than 256 attributes"));
    let few = Limits { tests: 2, bytes: 10_000, ..Limits::default() };
    let many = format!("<testsuite>{}</testsuite>", "<testcase name='t'/>".repeat(3));
    assert!(read(many.as_bytes(), &few).expect_err("too many").what.contains("more than 2 tests"));
    assert!(read(&[b' '; 10_001], &few).expect_err("too large").what.contains("more than 10000 bytes"));
    // A long suite name stands in every test id: it must not be paid for in each.
    let long = format!("<testsuite name='{}'>{}</testsuite>", "n".repeat(1_000_000), "<testcase name='t'/>".repeat(20_000));
    assert!(tests(&long).iter().all(|test| test.test.chars().count() <= 1_000));
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
}

#[test]
fn long_details_are_cut_and_say_so() {
    let xml = format!("<testsuite><testcase name='t'><failure message='m'>{}</failure></testcase></testsuite>", "é".repeat(DETAILS_BYTES));
    let details = tests(&xml)[0].details.clone().unwrap_or_default();
    assert!(details.len() <= DETAILS_BYTES && details.ends_with(CUT_MARK));
}
