;; The shape has a field that neither the schema nor the shape names.
(data $shape_fields (i32.const 2144) (i32 0 9))
