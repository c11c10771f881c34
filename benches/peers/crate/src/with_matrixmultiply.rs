//! The `matrixmultiply` crate; it has no way to pack beforehand.

use std::hint::black_box;

use crate::product::{Multiply, Shape};

/// Operands and result as plain rows.
pub struct MatrixmultiplyProduct {
    shape: Shape,
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
}

impl MatrixmultiplyProduct {
    pub fn new(shape: Shape, a: Vec<f32>, b: Vec<f32>) -> Self {
        Self { shape, a, b, c: vec![0.0; shape.m * shape.n] }
    }
}

impl Multiply for MatrixmultiplyProduct {
    fn run(&mut self) {
        let Shape { m, k, n } = self.shape;
        let (row_a, row_b) = (k.cast_signed(), n.cast_signed());
        let (a, b, c) = (self.a.as_ptr(), self.b.as_ptr(), self.c.as_mut_ptr());
        // SAFETY: the three hold m k, k n and m n values (checked by Product::new), and the strides are those of rows.
        unsafe {
            matrixmultiply::sgemm(
                m,
                k,
                n,
                1.0,
                black_box(a),
                row_a,
                1,
                black_box(b),
                row_b,
                1,
                0.0,
                black_box(c),
                row_b,
                1,
            );
        }
    }

    fn result(&self) -> Vec<f32> {
        self.c.clone()
    }
}
