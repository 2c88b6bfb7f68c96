#pragma once

#include <QWidget>

#include <optional>

namespace heedmap {

/// The part of a row's mass that lies on no patch, beside the picture.
class MassBar : public QWidget
{
    Q_OBJECT

public:
    explicit MassBar(QWidget* parent = nullptr);

    void setMass(std::optional<double> mass); ///< absent: nothing is drawn
    std::optional<double> mass() const { return m_mass; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<double> m_mass;
};

} // namespace heedmap
