//! Brotli for answers that are whole, with a window of their size: a streaming layer, which does not know how long an answer will be,
//! takes 8 MiB for each, and twice the time. The one around this does gzip, also for what is too large for here.

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use brotli::enc::{BrotliEncoderParams, backward_references::BrotliEncoderMode};

use crate::error::Error;

/// Fewest bytes worth it: less goes into one packet anyway.
pub const LEAST: u64 = 860;
/// Most bytes compressed in one go, which takes some 10 ms.
const MOST: u64 = 1 << 20;
/// Base-2 logarithm of how far back the text may be referred to: 256 KiB, which a board of 500 cards fills.
const WINDOW: i32 = 18;
/// Of 0 to 11: the last below which time grows faster than bytes shrink.
const QUALITY: i32 = 4;

/// The layer.
pub async fn brotli(request: Request, next: Next) -> Response {
    let taken = takes_brotli(request.headers());
    let response = next.run(request).await;
    let size = response.body().size_hint().exact();
    let text = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_text);
    let worth = size.is_some_and(|size| (LEAST..=MOST).contains(&size));
    if !taken || !text || !worth || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let packed = match to_bytes(body, usize::MAX).await.map(|whole| pack(&whole)) {
        Ok(Ok(packed)) => packed,
        Ok(Err(error)) => return Error::start(format!("an answer cannot be compressed: {error}")).into_response(),
        Err(error) => return Error::start(format!("an answer broke off: {error}")).into_response(),
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(parts, Body::from(packed))
}

/// Whether the client takes `br`, and likes it no less than `gzip`.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<(&str, f32)> = values.flat_map(|value| value.split(',')).filter_map(quality).collect();
    let of = |name: &str| listed.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(name)).map_or(0.0, |(_, quality)| *quality);
    of("br") > 0.0 && of("br") >= of("gzip")
}

/// An encoding's name and how much it is liked, of 0 to 1.
fn quality(one: &str) -> Option<(&str, f32)> {
    let (name, quality) = one.split_once(';').unwrap_or((one, "q=1"));
    let (q, quality) = quality.split_once('=')?;
    Some((name.trim(), quality.trim().parse().ok().filter(|_| q.trim().eq_ignore_ascii_case("q"))?))
}

fn is_text(media_type: &str) -> bool {
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.starts_with("text/") || media_type.ends_with("json")
}

fn pack(whole: &[u8]) -> std::io::Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        mode: BrotliEncoderMode::BROTLI_MODE_TEXT,
        size_hint: whole.len(),
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::with_capacity(whole.len() / 6);
    brotli::BrotliCompress(&mut &*whole, &mut packed, &params)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_for_who_names_it_and_does_not_refuse_it() {
        let takes = |value: &'static str| takes_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]));
        assert!(takes("gzip, deflate, br, zstd"));
        assert!(takes("BR;q=0.1, *;q=0"));
        assert!(takes("gzip;q=0.1, br;q=0.1"));
        assert!(!takes("gzip, br;q=0.9"));
        assert!(!takes("gzip, br;Q=0"));
        assert!(!takes("br;q=lots"));
        assert!(!takes("gzip, brotli, *"));
        assert!(!takes_brotli(&HeaderMap::new()));
    }

    #[test]
    fn what_is_packed_is_whole_when_unpacked() {
        let text = "a card of the board, ".repeat(40_000);
        let packed = pack(text.as_bytes()).expect("packed");
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &*packed, &mut back).expect("unpacked");
        assert!(packed.len() < text.len() / 100 && back == text.as_bytes());
    }
}
