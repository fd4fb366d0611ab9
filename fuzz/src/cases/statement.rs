// SPDX-License-Identifier: Apache-2.0

//! Scalars, schemas and statements, on any bytes and any text.

use arbitrary::Arbitrary;
use ark_bn254::{Fq, Fr};
use ark_ff::{BigInteger, PrimeField};
use candor_statement::{
	binding, pack, Binding, Claimant, GenesisHash, InputCommitment, JobId, ModelCommitment,
	ParseModelCommitmentError, ParseScalarError, Statement, StatementError, StatementSchema,
};
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use std::fmt::{Debug, Display};

/// The parts of a statement, and spellings of them.
#[derive(Arbitrary, Debug)]
pub struct Case<'a> {
	model: Bytes,
	input: Bytes,
	binding: Bytes,
	point: [[u8; 32]; 2],
	job: u64,
	spelling: Spelling<'a>,
	scale: &'a [u8],
	output: &'a [u8],
}

/// What may be a scalar.
#[derive(Arbitrary, Debug)]
enum Bytes {
	Any([u8; 32]),
	/// The order of the field, its lowest byte off by so much.
	NearTheOrder(i8),
}

impl Bytes {
	fn get(&self) -> [u8; 32] {
		match self {
			Self::Any(bytes) => *bytes,
			Self::NearTheOrder(difference) => {
				let mut bytes: [u8; 32] =
					Fr::MODULUS.to_bytes_le().try_into().expect("the order has 32 bytes");
				bytes[0] = bytes[0].wrapping_add_signed(*difference);
				bytes
			}
		}
	}
}

/// A text that is a scalar's, or nearly.
#[derive(Arbitrary, Debug)]
enum Spelling<'a> {
	Any(&'a str),
	Prefix(&'a str),
	UpperCase,
	Digit(u8, char),
	Cut(u8),
	More(char),
}

impl Spelling<'_> {
	fn get(&self, scalar: String) -> String {
		let digits = &scalar[2..];
		match self {
			Self::Any(text) => (*text).to_owned(),
			Self::Prefix(prefix) => {
				let prefix: String = prefix.chars().take(2).collect();
				prefix + digits
			}
			Self::UpperCase => scalar.to_uppercase(),
			Self::Digit(place, digit) => {
				let place = usize::from(*place) % scalar.len();
				let character = |(at, old)| if at == place { *digit } else { old };
				scalar.chars().enumerate().map(character).collect()
			}
			Self::Cut(count) => scalar.chars().skip(usize::from(*count)).collect(),
			Self::More(digit) => scalar + &digit.to_string(),
		}
	}
}

/// Whether the bytes, read little-endian, are below the order of the field.
fn is_canonical(bytes: &[u8; 32]) -> bool {
	let order = Fr::MODULUS.to_bytes_be();
	bytes.iter().rev().lt(&order)
}

/// Whether the bytes, read big-endian, are below the modulus of the base field.
fn is_coordinate(bytes: &[u8; 32]) -> bool {
	bytes.iter().lt(&Fq::MODULUS.to_bytes_be())
}

/// Decoding of what is taken has one result with one encoding.
fn check_scale<T: Decode + Encode + MaxEncodedLen>(bytes: &[u8]) {
	if let Ok(value) = T::decode_all(&mut &*bytes) {
		assert_eq!(value.encode(), bytes);
		assert!(bytes.len() <= T::max_encoded_len());
	}
	let mut rest = bytes;
	if let Ok(value) = T::decode(&mut rest) {
		assert_eq!([&*value.encode(), rest].concat(), bytes);
	}
}

/// A text is taken exactly if it is 64 hexadecimal digits of a scalar.
fn check_text<T>(text: &str, bytes: impl Fn(&T) -> [u8; 32])
where
	T: std::str::FromStr<Err = ParseScalarError> + Display + PartialEq + Debug,
{
	let digits = text.strip_prefix("0x").unwrap_or(text).to_ascii_lowercase();
	let is_hex = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
	match text.parse::<T>() {
		Ok(scalar) => {
			assert!(is_hex && is_canonical(&bytes(&scalar)));
			assert_eq!(scalar.to_string(), format!("0x{digits}"));
		}
		Err(ParseScalarError::NotHex) => assert!(!is_hex),
		Err(ParseScalarError::NonCanonical) => assert!(is_hex),
	}
}

/// A text is taken exactly if it is 64 hexadecimal digits of a scalar, or 128 of two coordinates.
fn check_model(text: &str) {
	let digits = text.strip_prefix("0x").unwrap_or(text).to_ascii_lowercase();
	let is_hex =
		|length| digits.len() == length && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
	match text.parse::<ModelCommitment>() {
		Ok(commitment) => {
			let canonical = match &commitment {
				ModelCommitment::Scalar(bytes) => is_hex(64) && is_canonical(bytes),
				ModelCommitment::Point(bytes) => {
					is_hex(128) && bytes.as_chunks().0.iter().all(is_coordinate)
				}
			};
			assert!(canonical);
			assert_eq!(commitment.to_string(), format!("0x{digits}"));
		}
		Err(ParseModelCommitmentError::NotHex) => assert!(!is_hex(64) && !is_hex(128)),
		Err(ParseModelCommitmentError::NonCanonicalScalar) => assert!(is_hex(64)),
		Err(ParseModelCommitmentError::NonCanonicalCoordinate) => assert!(is_hex(128)),
	}
}

/// What a case held.
#[derive(Debug, PartialEq, Eq)]
pub struct Reached {
	/// Two coordinates, or what might be.
	pub point: ModelCommitment,
	/// Whether they are read back from text.
	pub is_point: bool,
	/// The commitment to a model that the SCALE bytes are.
	pub model: Option<ModelCommitment>,
	/// The schema that they are.
	pub schema: Option<StatementSchema>,
	/// The number of public inputs, if scalars are.
	pub public_inputs: Option<usize>,
}

impl Case<'_> {
	/// Checks that what is taken has one encoding, and that public inputs can be read back.
	///
	/// # Panics
	///
	/// Where that is not so.
	pub fn run(&self) -> Reached {
		let scalars = [&self.model, &self.input, &self.binding].map(Bytes::get);
		let model = ModelCommitment::Scalar(scalars[0]);
		let input = InputCommitment::from_bytes(scalars[1]);
		let tie = Binding::from_bytes(scalars[2]);
		let canonical = scalars.each_ref().map(is_canonical);
		let is_scalar = model.to_field().is_some();
		assert_eq!([is_scalar, input.is_canonical(), tie.is_canonical()], canonical);
		if let Some(field) = model.to_field() {
			assert_eq!(ModelCommitment::from_field(field), model);
			assert_eq!(field.into_bigint().to_bytes_le(), scalars[0]);
		}

		for text in [self.spelling.get(input.to_string()), input.to_string()] {
			check_text::<InputCommitment>(&text, |scalar| *scalar.as_bytes());
		}
		let point = ModelCommitment::Point(self.point.concat().try_into().expect("64 bytes"));
		assert_eq!(point.to_field(), None);
		for commitment in [model, point] {
			for text in [self.spelling.get(commitment.to_string()), commitment.to_string()] {
				check_model(&text);
			}
		}
		check_scale::<ModelCommitment>(self.scale);
		check_scale::<StatementSchema>(self.scale);
		if let Ok(schema) = StatementSchema::decode(&mut &*self.scale) {
			// No circuit is registered for statements of no runs.
			assert_eq!(schema.public_inputs() >= 2, schema.runs() > 0);
		}

		let statement = Statement { model, input, output: self.output, binding: tie };
		match statement.public_inputs() {
			Ok(inputs) => {
				assert_eq!(canonical, [true; 3]);
				let schema = StatementSchema::InferenceV1 {
					input_len: 0,
					output_len: self.output.len() as u32,
				};
				assert_eq!(inputs.len(), schema.public_inputs() as usize);
				let bytes: Vec<_> = inputs.iter().map(|x| x.into_bigint().to_bytes_le()).collect();
				let [first, second, words @ .., last] = &*bytes else { panic!("too few") };
				assert_eq!([first, second, last], scalars.each_ref());
				let packed: Vec<_> = words.iter().flat_map(|word| word[..31].to_vec()).collect();
				assert_eq!(packed[..self.output.len()], *self.output);
				assert!(packed[self.output.len()..].iter().all(|byte| *byte == 0));
				assert!(words.iter().all(|word| word[31] == 0));
				assert_eq!(inputs[2..inputs.len() - 1], pack(self.output));
			}
			Err(StatementError::ModelIsPoint) => panic!("it is a scalar"),
			Err(StatementError::NonCanonicalModel) => assert!(!canonical[0]),
			Err(StatementError::NonCanonicalInput) => assert!(!canonical[1]),
			Err(StatementError::NonCanonicalBinding) => assert!(!canonical[2]),
		}
		let in_equation = Statement { model: point, ..statement };
		assert_eq!(in_equation.public_inputs(), Err(StatementError::ModelIsPoint));
		assert_eq!(in_equation.public_inputs_v2(), statement.public_inputs_v2());
		match (statement.public_inputs(), statement.public_inputs_v2()) {
			(Ok(first), Ok(second)) => assert_eq!(first[1..], second),
			(Err(_), Ok(_)) => assert_eq!(canonical, [false, true, true]),
			(_, Err(_)) => assert!(!canonical[1] || !canonical[2]),
		}
		assert!(
			binding(GenesisHash(scalars[0]), JobId(self.job), Claimant(scalars[1])).is_canonical()
		);
		Reached {
			point,
			is_point: point.to_string().parse() == Ok(point),
			model: ModelCommitment::decode_all(&mut &*self.scale).ok(),
			schema: StatementSchema::decode_all(&mut &*self.scale).ok(),
			public_inputs: statement.public_inputs().ok().map(|inputs| inputs.len()),
		}
	}
}
