<?php

declare(strict_types=1);

namespace Greeter;

final class Greeter
{
    public function greet(string $name): string
    {
        $visits = (new \NumberFormatter('en', \NumberFormatter::SPELLOUT))->format(random_int(1, 9));

        return "Hello, $name: $visits times";
    }
}
