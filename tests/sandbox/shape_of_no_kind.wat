;; The shape is of a kind that the schema does not have.
(data $shape (i32.const 2112) (i32 7  2144 2  0 0  0 0))
