<?php

declare(strict_types=1);

use Greeter\Greeter;

require __DIR__ . '/../vendor/autoload.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
header('Content-Type: text/plain; charset=utf-8');

if ($path === '/healthz') {
    echo "ok\n";
} elseif ($path === '/') {
    echo (new Greeter())->greet('PHP'), "\n";
} elseif (preg_match('#^/hello/([^/]{1,80})$#', $path, $match) === 1) {
    echo (new Greeter())->greet(rawurldecode($match[1])), "\n";
} else {
    http_response_code(404);
    echo "not found\n";
}
