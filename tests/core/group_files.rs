//! Own groups from JSON: what is read, and what is said about what cannot be.

use equiscope::maths::MatrixGroup;
use equiscope::maths::json::Fault;
use equiscope::maths::matrix_group::{FileError, GroupError};
use proptest::prelude::*;

#[test]
fn own_groups_are_read() {
    let text = r#"{"name": "screw", "lie": [[[0, -1], [1, 0]]], "discrete": [[[1, 0], [0, -1.0]], [[-1, 0], [0, -1]]]}"#;
    let group = MatrixGroup::from_json(text).unwrap();
    assert_eq!((group.name(), group.dim(), group.named()), ("screw", 2, None));
    assert_eq!(group.lie()[0].data(), [0.0, -1.0, 1.0, 0.0]);
    assert_eq!(group.discrete()[1].data(), [-1.0, 0.0, 0.0, -1.0]);
    let unnamed = MatrixGroup::from_json(r#"{"discrete": [[[2]]]}"#).unwrap();
    assert_eq!((unnamed.dim(), unnamed.lie().len(), unnamed.name()), (1, 0, "own group"));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_place() {
    type Is = fn(&FileError) -> bool;
    let cases: [(&str, Is, &str); 18] = [
        ("", |e| matches!(e, FileError::Json(_)), "not valid JSON"),
        (r#"{"lie": [[[NaN]]]}"#, |e| matches!(e, FileError::Json(_)), "column 12"),
        (r#"{"lie": [[[1e999]]]}"#, |e| matches!(e, FileError::Json(_)), "out of range"),
        ("[1]", |e| matches!(e, FileError::Kind { .. }), "the file must be an object"),
        (r#"{"lei": []}"#, |e| matches!(e, FileError::Key(_)), "‘lei’"),
        (
            r#"{"name": 3, "lie": []}"#,
            |e| matches!(e, FileError::Kind { .. }),
            "\"name\" must be a text; found 3",
        ),
        ("{}", |e| matches!(e, FileError::Empty), "no generators"),
        (r#"{"lie": [], "discrete": []}"#, |e| matches!(e, FileError::Empty), "no generators"),
        (r#"{"lie": 7}"#, |e| matches!(e, FileError::Kind { .. }), "\"lie\" must be a list of matrices"),
        (r#"{"lie": [[1, 2]]}"#, |e| matches!(e, FileError::Matrix { .. }), "lie[0]: row 1 must be"),
        (
            r#"{"lie": [[[0, 1], [1, null]]]}"#,
            |e| matches!(e, FileError::Matrix { .. }),
            "lie[0]: row 2, column 2 must be a number, not null",
        ),
        (
            r#"{"discrete": [[[1]], [["a"]]]}"#,
            |e| matches!(e, FileError::Matrix { .. }),
            "discrete[1]: row 1, column 1 must be a number, not \"a\"",
        ),
        (
            r#"{"lie": [[[0, 1], [1]]]}"#,
            |e| matches!(e, FileError::Matrix { fault: Fault::Ragged { row: 2, found: 1, expected: 2 }, .. }),
            "lie[0]: row 2 has length 1",
        ),
        (r#"{"lie": [[[0, 1]]]}"#, |e| matches!(e, FileError::Matrix { .. }), "lie[0]: it is 1 × 2"),
        (r#"{"lie": [[]]}"#, |e| matches!(e, FileError::Matrix { .. }), "lie[0]: it is empty"),
        (
            r#"{"lie": [[[0, 1], [1, 0]]], "discrete": [[[1]]]}"#,
            |e| matches!(e, FileError::Group(_)),
            "discrete[0] of own group is 1 × 1; a generator here must be 2 × 2",
        ),
        (
            r#"{"discrete": [[[1, 2], [2, 4]]]}"#,
            |e| matches!(e, FileError::Group(_)),
            "discrete[0] of own group has no inverse",
        ),
        (
            r#"{"discrete": [[[-1]], [[1.00000001]]]}"#,
            |e| matches!(e, FileError::Group(GroupError::NearlyIdentity { .. })),
            "discrete[1] of own group differs from the identity by 1.0e-8",
        ),
    ];
    for (text, is, words) in cases {
        let error = MatrixGroup::from_json(text).unwrap_err();
        assert!(is(&error), "{text}: {error:?}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    let rows = format!("{{\"lie\": [[{}]]}}", vec!["[0]"; 65].join(","));
    assert!(MatrixGroup::from_json(&rows).unwrap_err().to_string().contains("rows of lie[0]: 65, and 64"));
    let many = format!("{{\"lie\": [{}]}}", vec!["[[0]]"; 4097].join(","));
    assert!(MatrixGroup::from_json(&many).unwrap_err().to_string().contains("4097"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in r#"\{"(lie|discrete|name)": ?[\[\]0-9,. e"-]{0,24}\}|.{0,20}"#) {
        if let Ok(group) = MatrixGroup::from_json(&text) {
            prop_assert!(group.dim() > 0 && group.lie().len() + group.discrete().len() > 0);
        }
    }
}
