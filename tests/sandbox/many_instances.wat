;; It is more instances than any toolchain makes.
;;; make: component
(component
(core module $nothing)
;;; repeat 2000: (core instance (instantiate $nothing))
(type $u (func))
)
