;; It asks for a thousand things.
;;; make: component
(component
;;; repeat 1000: (import "wish{i}" (func))
)
