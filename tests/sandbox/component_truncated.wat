;; Half a component.
;;; make: truncated
