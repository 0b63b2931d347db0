package io.wsrouter.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;

/** What a value of a plot is, and how it is told. */
public enum Unit {
    /** A plain number: {@code 1.5k}. */
    NUMBER {
        @Override
        String tell(double value) {
            double size = Math.abs(value);
            if (size >= 1e9) {
                return digits(value / 1e9) + 'G';
            }
            if (size >= 1e6) {
                return digits(value / 1e6) + 'M';
            }
            return size >= 1e3 ? digits(value / 1e3) + 'k' : digits(value);
        }
    },
    /** Microseconds: {@code 1.5 ms}. */
    MICROS {
        @Override
        String tell(double value) {
            double size = Math.abs(value);
            if (size >= 1e6) {
                return digits(value / 1e6) + " s";
            }
            return size >= 1e3 ? digits(value / 1e3) + " ms" : digits(value) + " µs";
        }
    },
    /** Bytes, whose ticks are powers of two: {@code 1.5 KiB}. */
    BYTES {
        @Override
        String tell(double value) {
            double size = Math.abs(value);
            if (size >= 1 << 30) {
                return digits(value / (1 << 30)) + " GiB";
            }
            if (size >= 1 << 20) {
                return digits(value / (1 << 20)) + " MiB";
            }
            return size >= 1 << 10 ? digits(value / (1 << 10)) + " KiB" : digits(value) + " B";
        }
    },
    /** One in how many is beyond a percentile: {@code 99 %} is 100. */
    PERCENTILE {
        @Override
        String tell(double value) {
            return digits(100 - 100 / value, EXACT) + " %";
        }
    };

    private static final MathContext READABLE = new MathContext(4);
    private static final MathContext EXACT = new MathContext(9);

    /** The value for people. */
    abstract String tell(double value);

    private static String digits(double value) {
        return digits(value, READABLE);
    }

    private static String digits(double value, MathContext precision) {
        return Double.isFinite(value) ? finiteDigits(value, precision) : Double.toString(value);
    }

    private static String finiteDigits(double value, MathContext precision) {
        return new BigDecimal(value).round(precision).stripTrailingZeros().toPlainString();
    }
}
