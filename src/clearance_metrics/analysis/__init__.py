"""One file per question an analyst asks, named as the public function that answers it."""
